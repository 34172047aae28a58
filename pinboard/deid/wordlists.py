"""Words that are no names: what stands in headers instead of one, and what everybody writes; pure tables."""

from __future__ import annotations

from typing import Final


def _words(*lines: str) -> frozenset[str]:
    """Split lines of words, which are written without accents and in small letters."""
    return frozenset(word for line in lines for word in line.split())


HEADER_WORDS: Final = _words(
    # What devices and people write where a name belongs.
    "anon anonym anonymous anonymized anonymised anonymisiert anonimo deidentified unknown unbekannt desconocido",
    "none null nil name nachname vorname nombre patient patientin paciente pat person test testing tester phantom",
    "demo sample example dummy trial subject study case teaching research emergency notfall trauma baby boy girl",
    "male female man frau mann herr kind neonate newborn infant unidentified unnamed volunteer proband control",
    "animal service field",
    # Titles and what stands around names.
    "mrs miss prof professor doctor doktor dra med rer nat phd msc bsc jun sen von van der den dem des del las los",
    "ter bin abu ibn sra srta don dona senor senora mme mlle",
    # Parts and sides of the body, modalities, views.
    "left right links rechts izquierda derecha izquierdo derecho gauche droite both bilateral chest thorax abdomen",
    "pelvis becken head skull neck spine hand wrist elbow shoulder hip knee ankle foot heart brain liver kidney",
    "breast mamma leg arm lung kopf hals herz hirn leber niere knie fuss schulter lateral frontal axial coronal",
    "sagittal supine prone view scan scout series xray ray mri mrt ultrasound sonography tomography radiograph",
    "rontgen contrast",
    # What institutions and addresses are called everywhere.
    "hospital hospitals clinic clinics klinik kliniken klinikum krankenhaus spital universitatsklinikum",
    "universitatsspital praxis praxisklinik zentrum radiologie radiology radiologia radiologisch imaging diagnostic",
    "diagnostics diagnostik institut institute instituto institution center centre centro medical medico medica",
    "medizin medicine medicina health healthcare care salud sante gesundheit university universitat universidad",
    "universite universitario universitaria college school department dept abteilung servicio service general",
    "allgemein city town county state national regional district community public private memorial saint sankt",
    "santa san children kinder women mother care group trust foundation stiftung fundacion north south east west",
    "nord sud ost central royal street strasse road avenue lane drive square place platz allee weg gasse calle",
    "avenida plaza paseo rue boulevard floor room ward unit building apartment usa germany deutschland spain espana",
    "france england united states kingdom",
)
"""Never an identifier, whatever element of a header it stands in."""

PLAIN: Final = HEADER_WORDS | _words(
    # English, with what follows a title or “patient” at the beginning of a line.
    "the and for with was has had have does did not but his her their this that these those who whom what when",
    "where why how can could may might must should would will shall are were been being its our your they she him",
    "one two three four five six seven eight nine ten first second third last next also after before during since",
    "until over under about into from out off down back again then than there here all any each few more most other",
    "some such only own same very just because while both between through against above below once under presented",
    "presents presenting reports reported saw sees came comes went goes asks asked thinks thought says said denies",
    "denied underwent received complained complains admitted",
    "referred seen known shows showed developed states wants feels felt felt refuses refused history age aged old",
    "young long short small little large big great good well new high low early late mass lesion cyst tumor tumour",
    "cancer fracture pain acute chronic stable normal abnormal positive negative benign malignant status post",
    "follow followup findings finding question title answer outcome result results report reports image images",
    "information info data list number record file chart consent position positioning care safety education",
    "centered centred reported outcomes details summary form note notes letter discharge black white brown green",
    "gray grey red blue gold silver rose lily grace hope joy faith summer winter spring autumn march april june",
    "august may day night sun moon star king queen prince bishop pope price cook page parish church hill wood woods",
    "stone field fields brook brooks river rivers lake forest bush park garden bridge ford ash reed marsh moss bell",
    "ball bird fox wolf lamb swan drake finch crow hawk fish pike bass cotton rice pepper berry cherry bean grant",
    "mark bill will rob pat sue gene art ray dale cliff miles porter steward marshall major noble frank hardy",
    "strong sharp swift wise blunt bond cross crane dean earl english french german irish scott welsh holland",
    "england france jordan israel band belt bolt bone bones blood brand bright broad burn burns camp cash chance",
    "church close clay cole dark deep dry fair fall fast flat fine free frost gates glass gore graft gross hall ham",
    "hand hands harp head heart holder home horn house hunt ivory key keys knight knot lane law leaf light line",
    "lock loss love lord low luck marker may mild mills nail needle nurse oak parent peak pearl penny person plate",
    "point pole pool post pound power prior purple race rest rich ring rock roof root rope rush sage sand self",
    "senior ship side silk skin snow sparks speed stage steel step still storm stump sweet temple thick thin thorn",
    "tide tower trout true vein wade wall walls ward ware waters way wheel wild wind wing winner worth yard",
    "practitioner manager specialist consultant assistant",
    # German: what is written with a capital behind “Patient” or “Frau”.
    "anfang mitte ende zustand kollege kollegin kollegen kolleginnen doktorin professorin aufnahme anamnese befund",
    "bild diagnose frage alter jahre jahr tage tag woche wochen monat monate verdacht verlauf vorbefund voraufnahme",
    "nach vor bei mit ohne und oder aber auch der die das den dem ein eine einer einem einen ist war hat hatte wird",
    "wurde klagt kommt raucher nichtraucher raucherin schmerz schmerzen tumor fraktur unfall sturz klein gross lang",
    "kurz weiss schwarz braun rot jung alt stark sommer winter berg wald stein bach baum blum blume vogel fuchs",
    "wolf konig kaiser graf richter koch bauer kraft engel horn",
    # Spanish.
    "con sin los las una uno unos por para que como pero muy mas menos edad anos ano dia dias mes meses dolor masa",
    "lesion fractura refiere presenta acude ingresa tiene fue era esta estaba mujer hombre nino nina varon blanco",
    "negro rojo verde rosa cruz paz luz rey reyes leon moreno bravo campo campos rio rios flor flores montes",
    "iglesia torre torres calle vega prado sierra mesa salas cano hierro huerta pino oliva",
)
"""Words that a name may be written like; as somebody's name they count only where they are written as one."""

ACRONYMS: Final = _words(
    "ct mr mri mrt us pet spect cta mra cxr ecg ekg eeg emg iv icu er ed or ent gp bp hr bmi copd cf hiv tb dvt pe",
    "mi cva tia ms als svt vsd asd pda lv rv la ra lad rca dm htn ckd uti ibd sle ra oa mrcp ercp pci cabg tavi",
    "nsaid ssri who nhs usa uk eu ki ai ok ii iii iv vi vii viii ix xi us fnac fna tnm idc dcis hcc rcc gist nsclc",
    "sclc cll aml",
)
"""Short forms that stand in capitals and are nobody."""

SURNAMES: Final = _words(
    "black white brown green gray grey gold silver rose lily grace hope joy summer winter march may king queen",
    "prince bishop pope price cook page hill wood woods stone field fields brook brooks rivers lake forest bush",
    "park ford reed marsh moss bell bird fox wolf lamb swan drake finch crow pike rice pepper berry grant mark rob",
    "pat sue gene ray dale porter steward marshall major noble frank hardy strong sharp swift wise blunt bond cross",
    "crane dean earl english french scott welsh holland france jordan israel bolt brand bright burns camp church",
    "clay cole frost gates glass hall hand hart head house hunt knight lane law little long love low luck mills",
    "parent pearl pole pool post pound power prior rich ring rock roper rush sage self short small sparks steel",
    "storm sweet temple thorn tower trout wade wall walls ward waters way wheel wild wind worth young west north",
    "east south old good bauer kraft engel horn klein gross lang kurz weiss schwarz braun rot jung stark sommer",
    "berg wald stein bach baum blum blume vogel fuchs konig kaiser graf richter koch blanco rojo rosa cruz paz luz",
    "rey reyes leon moreno bravo campo campos rio rios flor flores montes iglesia torre torres calle vega prado",
    "sierra mesa salas cano hierro huerta pino oliva",
)
"""Everyday words that are surnames too: a title before them makes them one."""
