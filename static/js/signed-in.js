/* Keeps a page of use when its session ended: what was written on it stays, and goes once its writer signed in again. */

import { $, $$, toast } from "./app.js";

const TOKEN = "[name=csrf_token]";
const HEADERS = "hx-headers:inherited";
const writer = (page) => $(".usermenu .menu-head", page)?.dataset.login; // two people may have one name
let isWaiting = false;

export const isSignedOut = (status) => status === 401 || status === 403;

/** Takes the token of the forms anew, after a sign-in in another tab; tells whether the page is of use again. */
export async function renew() {
  const answer = await fetch(location.href, { headers: { "HX-Request": "false" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = $(TOKEN, page)?.value;
  // Whoever else sits here now does not send what another one wrote; nor does the page for signing in.
  if (!token || !writer(page) || writer(page) !== writer(document)) return false;
  for (const input of $$(TOKEN)) input.value = token;
  document.body.setAttribute(HEADERS, page.body.getAttribute(HEADERS));
  return true;
}

/** Says why nothing was sent, and makes the page ready for when its writer comes back to it. */
export async function tell(html) {
  toast(new DOMParser().parseFromString(html, "text/html").body.textContent.trim());
  if ((await renew()) || isWaiting) return;
  isWaiting = true;
  addEventListener("focus", async function back() {
    if (!(await renew())) return;
    isWaiting = false;
    removeEventListener("focus", back);
  });
}
