// Ordering: buttons, arrow keys and dragging move the items; the selects stay in the form and carry the places to the server.
const say = (text) => { document.getElementById("announcer").textContent = text; };

function renumber(list) {
  [...list.children].forEach((item, index, items) => {
    item.querySelector("select").value = String(index + 1);
    item.querySelector('[data-move="-1"]').disabled = index === 0;
    item.querySelector('[data-move="1"]').disabled = index === items.length - 1;
  });
}

function announce(list, item) {
  const items = [...list.children];
  say(
    list.dataset.moved
      .replace("{item}", item.firstElementChild.textContent.trim())
      .replace("{place}", items.indexOf(item) + 1)
      .replace("{total}", items.length),
  );
}

function move(list, item, step) {
  const neighbour = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!neighbour) return;
  if (step < 0) neighbour.before(item);
  else neighbour.after(item);
  item.classList.remove("ok", "bad");
  renumber(list);
  announce(list, item);
}

function drag(list, item, event) {
  event.preventDefault();
  item.classList.add("lifted");
  const follow = (moved) => {
    const previous = item.previousElementSibling;
    const next = item.nextElementSibling;
    if (previous && moved.clientY < middle(previous)) previous.before(item);
    else if (next && moved.clientY > middle(next)) next.after(item);
  };
  const drop = () => {
    document.removeEventListener("pointermove", follow);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", drop);
    item.classList.remove("lifted", "ok", "bad");
    renumber(list);
    announce(list, item);
  };
  // On the document: an item that changes its place in the tree loses its hold on the pointer.
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
}

function enhance(list) {
  for (const item of list.children) {
    item.querySelector("select").hidden = true;
    for (const button of item.querySelectorAll("[data-move]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        move(list, item, Number(button.dataset.move));
        (button.disabled ? item.querySelector("[data-move]:not(:disabled)") : button).focus();
      });
      button.addEventListener("keydown", (event) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!step) return;
        event.preventDefault();
        move(list, item, step);
        (item.querySelector(`[data-move="${step}"]:not(:disabled)`) ?? item.querySelector("[data-move]:not(:disabled)")).focus();
      });
    }
    const grip = item.querySelector(".order-grip");
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => {
      if (event.isPrimary && event.button === 0) drag(list, item, event);
    });
  }
  renumber(list);
}

const enhanceAll = (root) => root.querySelectorAll("[data-ordering]").forEach(enhance);
enhanceAll(document);
document.addEventListener("city:task", (event) => enhanceAll(event.detail));
