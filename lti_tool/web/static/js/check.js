// While a connection check is walked, fetch its steps: once a second, until it has come to its end.
const INTERVAL = 1000;

async function fetchSteps(section) {
  try {
    const response = await fetch(section.dataset.statusUrl, { headers: { "X-Fragment": "check" } });
    if (!response.ok) return section;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-check]");
    if (!fresh) return section;
    if (fresh.textContent.trim() !== section.textContent.trim()) {
      section.replaceWith(document.adoptNode(fresh));
      fresh.querySelector("[data-by-hand]")?.remove();
      if (!fresh.dataset.statusUrl) {
        document.getElementById("announcer").textContent = fresh.querySelector("[data-summary]").textContent.trim();
      }
      return fresh;
    }
    return section;
  } catch {
    return section; // no connection: the next round asks again
  }
}

async function watch(section) {
  section.querySelector("[data-by-hand]")?.remove();
  while (section.dataset.statusUrl) {
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    if (!document.hidden) section = await fetchSteps(section);
  }
}

document.querySelectorAll("[data-check][data-status-url]").forEach(watch);
