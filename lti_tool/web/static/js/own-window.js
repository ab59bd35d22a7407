// A small frame's page opens in a window. The frame's cookie does not reach there, so a code goes along that works once, within a minute.
const form = document.querySelector("form[data-own-window]");

async function open(opened) {
  const answer = await fetch(form.dataset.offer, { method: "POST", headers: { "X-Form-Token": form.elements.csrf.value } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  form.elements.code.value = (await answer.json()).code;
  form.elements.page.value = location.pathname.split("/").slice(3).join("/");
  form.target = opened.name;
  form.submit();
  form.elements.code.value = "";
}

if (form && window.parent !== window) {
  // Once shown it stays: it makes the page higher, a host makes the frame as high as the page, and a rule of the style
  // sheet would take it away again, for ever to and fro.
  const small = window.matchMedia("(max-width: 48rem), (max-height: 38rem)");
  const show = () => {
    if (small.matches) form.hidden = false;
  };
  small.addEventListener("change", show);
  show();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const failed = () => {
      document.getElementById("announcer").textContent = form.dataset.failed;
    };
    // Opened at once: after the question the browser would no longer see the click in it.
    const opened = window.open("", `window-${form.elements.visit.value}`);
    if (!opened) return failed();
    open(opened).catch(() => {
      opened.close();
      failed();
    });
  });
}
