// Moments in the reader's own time zone, wherever it is not the school's. Without this they stand in the school's.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const time of document.querySelectorAll("time[data-local]")) {
  if (time.dataset.local === zone) continue;
  const moment = new Date(time.dateTime);
  const format = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, format).format(moment);
}

// Forms that take moments say in which zone they were typed.
for (const field of document.querySelectorAll("input[data-zone]")) field.value = zone ?? field.value;
for (const name of document.querySelectorAll("[data-zone-name]")) if (zone) name.textContent = zone;
