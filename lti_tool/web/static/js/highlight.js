// Highlight: one Tab leads to the text and the next one out of it; within it the arrow keys go from word to word, Space chooses.
function enhance(field) {
  const tokens = [...field.querySelectorAll("input[name=word]")];
  if (!tokens.length) return;
  const stop = (token) => {
    for (const one of tokens) one.tabIndex = one === token ? 0 : -1;
  };
  stop(tokens[0]);
  field.addEventListener("focusin", (event) => {
    if (tokens.includes(event.target)) stop(event.target);
  });
  field.addEventListener("keydown", (event) => {
    const at = tokens.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: tokens.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    tokens[Math.min(Math.max(to, 0), tokens.length - 1)].focus();
  });
}

const enhanceAll = (root) => root.querySelectorAll("[data-highlight]").forEach(enhance);
enhanceAll(document);
document.addEventListener("city:task", (event) => enhanceAll(event.detail));
