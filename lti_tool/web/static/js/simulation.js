// A slider beside each number: quicker under a finger. The number stays the field that is sent, and the one for keys.
function pair(slider) {
  const number = slider.parentElement.querySelector("input[type=number]");
  slider.hidden = false;
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", () => { if (number.value !== "") slider.value = number.value; });
}

function begin(root) {
  root.querySelectorAll("[data-slider]").forEach(pair);
}

document.addEventListener("city:task", (event) => begin(event.detail));
begin(document);
