// While a result is on its way to the gradebook, ask where it is: soon, for most arrive within a second, then every five
// seconds; stop when it has arrived or needs a person.
const FIRST = 1000;
const INTERVAL = 5000;

async function ask(line) {
  try {
    const response = await fetch(line.dataset.statusUrl, { headers: { "X-Fragment": "delivery" } });
    if (!response.ok) return line;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-delivery]");
    if (!fresh) return line;
    const changed = fresh.textContent.trim() !== line.textContent.trim();
    line.replaceWith(document.adoptNode(fresh));
    if (changed) document.getElementById("announcer").textContent = fresh.textContent.trim();
    return fresh;
  } catch {
    return line; // no connection: the next round asks again
  }
}

async function watch(line) {
  for (let pause = FIRST; line.dataset.statusUrl; pause = INTERVAL) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (!document.hidden) line = await ask(line);
  }
}

document.querySelectorAll("[data-delivery][data-status-url]").forEach(watch);
