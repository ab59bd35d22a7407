// The tool says that it is done: back to the list. Only its own frame and its own origin are listened to.
const frame = document.querySelector("iframe.tool");

window.addEventListener("message", (event) => {
  if (event.origin !== frame.dataset.toolOrigin || event.source !== frame.contentWindow) return;
  if (event.data && event.data.subject === "org.imsglobal.lti.close") window.location.assign(frame.dataset.back);
});
