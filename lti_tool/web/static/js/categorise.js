// Categorise: items are dragged into their boxes, or go there when a box is chosen from their list; the lists stay in the form.
const EDGE = 48;
const say = (text) => { document.getElementById("announcer").textContent = text; };
const words = (element) => element.textContent.trim();

function announce(root, item, list) {
  const name = words(item.querySelector("[id^=item-]"));
  const box = list.dataset.box && words(list.previousElementSibling);
  say((box ? root.dataset.moved : root.dataset.takenOut).replace("{item}", name).replace("{box}", box));
}

const listOf = (root, box) => root.querySelector(`[data-box="${box}"]`);

function put(root, item, box, { told = true } = {}) {
  const list = listOf(root, box);
  const select = item.querySelector("select");
  select.value = box;
  if (item.parentElement === list) return;
  list.append(item);
  if (!told) return;
  item.classList.remove("ok", "bad");
  item.querySelector(".mark")?.remove();
  announce(root, item, list);
}

// The box under a point, or the list of what is still to sort; the lifted item itself lets the pointer through.
function targetAt(root, x, y) {
  const under = document.elementFromPoint(x, y);
  const target = under?.closest("[data-target], [data-box='']");
  return target && root.contains(target) ? target : null;
}

function drag(root, item, event) {
  event.preventDefault();
  const start = { x: event.pageX, y: event.pageY };
  let over = null;
  item.classList.add("lifted");
  const follow = (moved) => {
    if (moved.pointerId !== event.pointerId) return;
    item.style.translate = `${moved.pageX - start.x}px ${moved.pageY - start.y}px`;
    if (moved.clientY > window.innerHeight - EDGE) window.scrollBy(0, EDGE / 3);
    if (moved.clientY < EDGE) window.scrollBy(0, -EDGE / 3);
    over?.classList.remove("over");
    over = targetAt(root, moved.clientX, moved.clientY);
    over?.classList.add("over");
  };
  const end = (ended) => {
    if (ended.pointerId !== event.pointerId) return;
    document.removeEventListener("pointermove", follow);
    document.removeEventListener("pointerup", end);
    document.removeEventListener("pointercancel", end);
    item.style.translate = "";
    item.classList.remove("lifted");
    over?.classList.remove("over");
    if (ended.type === "pointerup" && over) put(root, item, over.dataset.target ?? "");
  };
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
}

function enhance(root) {
  root.querySelector("[data-boxes]").hidden = false;
  for (const item of root.querySelectorAll("[data-item]")) {
    const select = item.querySelector("select");
    const grip = item.querySelector("[data-grip]");
    grip.hidden = false;
    put(root, item, select.value, { told: false });
    select.addEventListener("change", () => {
      put(root, item, select.value);
      // An element that is moved in the tree loses the focus; the next arrow key belongs to the same list.
      select.focus();
    });
    item.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0 || event.target.closest("select")) return;
      // A finger on the words scrolls the page; a mouse may take hold anywhere.
      if (event.pointerType === "mouse" || grip.contains(event.target)) drag(root, item, event);
    });
  }
}

const enhanceAll = (root) => root.querySelectorAll("[data-sorting]").forEach(enhance);
enhanceAll(document);
document.addEventListener("city:task", (event) => enhanceAll(event.detail));
