// Makes the choice lively: what fits is shown while one types. Without this the same form works by its buttons.
const form = document.querySelector("[data-picker]");
const found = form?.querySelector("[data-found]");
const PAUSE = 250;
let asked = 0;
let timer = null;

function count() {
  const line = form.querySelector("[data-picked]");
  if (!line) return;
  const picks = form.querySelectorAll("input[name=pick]:checked, input[name=pick][type=hidden]").length;
  line.textContent = line.dataset.label.replace("{count}", picks);
}

async function search() {
  const turn = ++asked;
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  const address = `${form.action}?${new URLSearchParams(fields)}`;
  const answer = await fetch(address, { headers: { "X-Fragment": "packs" } }).catch(() => null);
  if (turn !== asked) return; // something newer was asked for meanwhile
  if (!answer?.ok) return form.requestSubmit();
  found.innerHTML = await answer.text();
  history.replaceState(null, "", address);
  count();
  document.getElementById("announcer").textContent = found.querySelector("[data-count]").textContent;
}

function soon(pause) {
  clearTimeout(timer);
  timer = setTimeout(search, pause);
}

if (form) {
  form.elements.q.addEventListener("input", () => soon(PAUSE));
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) soon(0);
    else if (event.target.name === "pick") count();
  });
}
