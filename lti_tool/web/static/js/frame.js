// Inside somebody's frame: tell the host how high the page is, so that it shows no second scroll bar.
// Only a number leaves the page, so any host may hear it.
if (window.parent !== window) {
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (Math.abs(height - told) < 2) return;
    told = height;
    const message = { subject: "lti.frameResize", height };
    window.parent.postMessage(message, "*");
    window.parent.postMessage(JSON.stringify(message), "*"); // some platforms read only text, as Canvas once did
  };
  new ResizeObserver(tell).observe(document.body);
  tell();
}
