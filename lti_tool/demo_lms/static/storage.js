// The platform's half of the LTI platform storage messages, written from the specification and not from the tool: data are kept for each
// origin that asks, as long as this page stands. `data-storage` on the body says what to do, and what to do wrong.
const mode = document.body.dataset.storage;
const SUBJECTS = ["lti.capabilities", "lti.put_data", "lti.get_data"];
const MOST_KEYS = 500;
const LONGEST_VALUE = 4096;
const kept = new Map();

function refuse(code, message) {
  return { error: { code, message } };
}

function put(data, { key, value }) {
  if (typeof key !== "string" || (value !== null && typeof value !== "string")) return refuse("bad_request", "key and value are strings");
  if (value === null) data.delete(key);
  else if (value.length > LONGEST_VALUE || (data.size >= MOST_KEYS && !data.has(key))) return refuse("storage_exhaustion", "no room");
  else data.set(key, value);
  return { key, value };
}

function get(data, { key }) {
  if (typeof key !== "string") return refuse("bad_request", "key is a string");
  return { key, value: mode === "forgets" ? null : (data.get(key) ?? null) };
}

function answer(origin, question) {
  if (!SUBJECTS.includes(question.subject)) return refuse("unsupported_subject", question.subject);
  if (question.subject === "lti.capabilities") {
    const frame = mode === "frame" ? { frame: "lti_storage" } : {};
    return { supported_messages: SUBJECTS.map((subject) => ({ subject, ...frame })) };
  }
  if (mode === "frame") return refuse("wrong_origin", "the frame beside keeps data");
  if (mode === "refuses") return refuse("storage_exhaustion", "no room");
  if (!kept.has(origin)) kept.set(origin, new Map());
  return (question.subject === "lti.put_data" ? put : get)(kept.get(origin), question);
}

window.addEventListener("message", ({ data: question, origin, source }) => {
  if (mode === "stranger") {
    if (source === window.parent) window.parent.frames.tool.postMessage(question, "*");
    return;
  }
  if (typeof question?.message_id !== "string" || !question.subject?.startsWith("lti.") || mode === "silent") return;
  const reply = { subject: `${question.subject}.response`, message_id: question.message_id, ...answer(origin, question) };
  if (mode === "wrong_id") reply.message_id = "somebody-else";
  if (mode === "wrong_subject") reply.subject = question.subject;
  if (mode === "wrong_origin") document.querySelector("iframe[name=lti_storage]").contentWindow.postMessage(reply, "*");
  else source.postMessage(reply, origin);
});
