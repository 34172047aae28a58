/* Chooses the form of a counted sentence: languages have from one to six of them, and the page carries all of its own. */

const rules = new Intl.PluralRules(document.documentElement.lang);

/** Gives the sentence for a number; `forms` holds them by the names of CLDR. */
export function form(forms, number) {
  return forms[rules.select(number)] ?? forms.other;
}
