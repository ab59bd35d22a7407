// Moments in the reader's own time zone, wherever it is not the school's. Without this they stand in the school's.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const time of document.querySelectorAll("time[data-local]")) {
  if (!zone || time.dataset.local === zone) continue;
  const format = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, format).format(new Date(time.dateTime));
}

// A form that takes moments says in which zone they were typed; what stands in it already stays in the zone it came in.
const named = document.querySelector("input[data-zone]");
const filled = [...document.querySelectorAll("input[type=datetime-local]")].some((field) => field.value);
if (zone && named && !filled) {
  named.value = zone;
  for (const name of document.querySelectorAll("[data-zone-name]")) name.textContent = zone;
}
