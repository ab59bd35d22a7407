// The tool tells how tall it is; only its own frame and its own origin are listened to.
const frame = document.querySelector("iframe.tool");
const SHORTEST = 320;
const TALLEST = 20000;

window.addEventListener("message", (event) => {
  if (event.origin !== frame.dataset.toolOrigin || event.source !== frame.contentWindow) return;
  let message = event.data;
  if (typeof message === "string") {
    try {
      message = JSON.parse(message);
    } catch {
      return;
    }
  }
  if (!message || message.subject !== "lti.frameResize") return;
  const height = Number(message.height);
  if (!Number.isFinite(height) || height <= 0) return;
  const border = frame.offsetHeight - frame.clientHeight; // is part of the height that is set: without it the page would scroll
  frame.style.height = `${Math.min(Math.max(Math.ceil(height), SHORTEST), TALLEST) + border}px`;
});
