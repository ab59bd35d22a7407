// A visit without cookies: its secret is kept by the platform's page and by this module, and goes with every request of the visit's pages —
// in a header, or in the body of a form, never in an address. Links stay links: the server answers their plain request with an empty page
// of this very script, which fetches the page that was meant. So history, reload and the pages' own scripts are the browser's business.
import { storageOf, waitingIn } from "./modules/platform-storage.js";

const mark = document.querySelector("meta[name=visit]");
const storage = storageOf(mark.dataset.origin, mark.dataset.frame);
const home = `/v/${mark.content}/`;
const plainFetch = window.fetch.bind(window);
let secret = null;

const ours = (address) => {
  const url = new URL(address, location.href);
  return url.origin === location.origin && url.pathname.startsWith(home);
};

async function recall() {
  secret ??= await storage.get(`lti_visit_${mark.content}`);
  if (!secret) throw new Error("the platform's page does not have the secret");
  return secret;
}

window.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (ours(request.url)) request.headers.set("Authorization", `Visit ${await recall()}`);
  return plainFetch(request);
};

// A form goes as it is, with the secret in its body.
const carries = (form) => form.method === "post" && ours(form.getAttribute("action") ?? "");
window.addEventListener("formdata", ({ target, formData }) => {
  if (secret && carries(target)) formData.set("visit", secret);
});
window.addEventListener("submit", (event) => {
  if (event.defaultPrevented || secret || !carries(event.target)) return;
  event.preventDefault();
  recall().then(() => event.target.requestSubmit(event.submitter));
});

// A file cannot be fetched by a plain link either.
async function save(answer) {
  const [, name] = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "") ?? [];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name ?? "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
window.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[download]");
  if (!link || event.defaultPrevented || !ours(link.href)) return;
  event.preventDefault();
  fetch(link.href).then(save);
});

// A script that was only parsed does not run; a copy of it does.
function running(element) {
  if (!element.matches("script[src]")) return document.adoptNode(element);
  const script = document.createElement("script");
  for (const { name, value } of element.attributes) script.setAttribute(name, value);
  script.async = false;
  return script;
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const had = document.hasFocus();
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  for (const script of document.body.querySelectorAll("script[src]")) script.replaceWith(running(script));
  for (const element of [...page.head.children]) {
    if (![...document.head.children].some((one) => one.isEqualNode(element))) document.head.append(running(element));
  }
  const aim = location.hash && document.getElementById(location.hash.slice(1));
  const heading = aim || document.querySelector("h1");
  if (aim) aim.scrollIntoView();
  if (!heading || (!had && !aim)) return; // the person is elsewhere on the platform's page: nothing is taken from under their hands
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

async function fill() {
  const answer = await fetch(location.href);
  if (!answer.headers.get("Content-Type")?.startsWith("text/html")) {
    await save(answer);
    history.back();
    return;
  }
  const html = await answer.text();
  if (answer.redirected) history.replaceState(null, "", answer.url + location.hash);
  show(html);
}

if (document.querySelector("[data-otherwise]")) {
  const tellWhatHappened = waitingIn(document);
  fill().catch(tellWhatHappened);
} else {
  recall().catch(() => {}); // a page that a form's answer brought: the next request says what is wrong
}
