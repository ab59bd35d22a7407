// Sends an answer without reloading the page. What was typed stays until the server has acknowledged it: a lost connection or a failing
// server is met by sending the very same body again, with the same submission id, by which the server knows a repetition.
const LONGEST_PAUSE = 30000;
const FIRST_PAUSE = 1000;
let pending = null;

const say = (text) => { document.getElementById("announcer").textContent = text; };

function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

function post(url, body) {
  return fetch(url, { method: "POST", body, headers: { "X-Fragment": "task" }, signal: AbortSignal.timeout(20000) });
}

function showLine(form, text, retry) {
  const line = form.querySelector("[data-line]");
  line.hidden = false;
  line.className = "alert alert--wait";
  const words = document.createElement("div");
  const sentence = document.createElement("p");
  sentence.textContent = text;
  words.append(sentence);
  if (retry) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = form.dataset.retry;
    button.addEventListener("click", retry);
    words.append(button);
  }
  line.replaceChildren(words);
  say(text);
}

function setBusy(form, busy) {
  const fields = form.querySelector("[data-fields]");
  const button = form.querySelector("button.button--main");
  if (busy && fields.contains(document.activeElement)) button?.focus();
  fields.inert = busy;
  if (busy) button?.setAttribute("aria-disabled", "true");
  else button?.removeAttribute("aria-disabled");
}

function show(form, fragment) {
  const place = form.closest("[data-task]");
  const fresh = document.adoptNode(fragment);
  place.replaceWith(fresh);
  document.dispatchEvent(new CustomEvent("city:task", { detail: fresh }));
  const target = fresh.querySelector("#feedback") ?? fresh.querySelector("[role=alert]") ?? fresh.querySelector("[data-focus]") ?? fresh.querySelector("[aria-invalid]");
  const news = fresh.querySelector("[data-say]")?.textContent.replace(/\s+/g, " ").trim();
  if (news) say(news);
  if (target && !target.hasAttribute("tabindex") && !target.matches("input, select")) target.tabIndex = -1;
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: "nearest" });
}

// A pause that ends early when the connection returns or the person presses "send now".
function pause(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
    window.addEventListener("online", done);
    pending.hurry = done;
  });
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value); // where the buttons are the answers
  pending = { hurry: () => {} };
  setBusy(form, true);
  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    try {
      const response = await post(form.action, body);
      const page = response.status < 500 && response.status !== 429 ? parse(await response.text()) : null;
      const fragment = page?.querySelector("[data-task]");
      if (fragment) {
        pending = null;
        show(form, fragment);
        return;
      }
      if (page) {
        // Refused for good (the session has ended, the attempt is closed …): the server says why on a page of its own.
        pending = null;
        setBusy(form, false);
        const why = page.querySelector("main h1")?.textContent ?? "";
        const next = [...page.querySelectorAll("main .stack p")].map((p) => p.textContent.trim()).join(" ");
        showLine(form, [form.dataset.refused, why, next].filter(Boolean).join(" "));
        return;
      }
    } catch {
      // No connection, or no answer in time: below.
    }
    showLine(form, form.dataset.waiting, () => pending?.hurry());
    await pause(wait);
  }
}

function replace(old, fresh) {
  if (fresh) old?.replaceWith(document.adoptNode(fresh));
  else old?.remove();
}

async function askHint(form) {
  try {
    const response = await post(form.action, new URLSearchParams(new FormData(form)));
    const found = response.ok && parse(await response.text());
    const hint = found && found.getElementById("hint");
    if (!hint) return form.submit();
    // Only the hints and the way to the next one are taken over: the answer being typed stays as it is.
    replace(document.getElementById("hint"), hint);
    replace(document.querySelector("button[form=hint-form]"), found.querySelector("button[form=hint-form]"));
    replace(form, found.getElementById("hint-form"));
    hint.tabIndex = -1;
    hint.focus({ preventScroll: true });
    say(hint.lastElementChild.textContent.trim());
  } catch {
    const answer = document.querySelector("form[data-answer]");
    showLine(answer, answer.dataset.waiting);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form[data-answer]")) {
    event.preventDefault();
    if (!pending) send(form, event.submitter);
  } else if (form.matches("form[data-hint]")) {
    event.preventDefault();
    askHint(form);
  }
});

window.addEventListener("beforeunload", (event) => {
  if (pending) event.preventDefault();
});
