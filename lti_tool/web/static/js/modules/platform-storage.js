// The tool's half of the LTI platform storage messages. What we let the platform's page keep goes to the origin of the registered
// authorization endpoint and to no other; an answer counts only from there, with the number of its question and the fitting subject.
const PATIENCE = 2000; // milliseconds for one question; it is asked once more at half time, for a page that was still loading
const CAPABILITIES_PATIENCE = 500;
const around = window.parent === window ? window.opener : window.parent;

function number() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Resolves with the answer's data; rejects with the platform's error code, or "silent" when nobody answers in time.
function ask(frame, origin, question, patience) {
  return new Promise((resolve, reject) => {
    if (!frame) {
      reject(new Error("no-frame"));
      return;
    }
    const message = { ...question, message_id: number() };
    const send = () => frame.postMessage(message, origin);
    const end = (how, what) => {
      window.removeEventListener("message", listen);
      clearTimeout(again);
      clearTimeout(last);
      how(what);
    };
    const listen = ({ data, origin: from, source }) => {
      if (origin === "*" ? source !== frame : from !== origin) return;
      if (data?.message_id !== message.message_id || data.subject !== `${question.subject}.response`) return;
      if (data.error) end(reject, new Error(data.error.code));
      else end(resolve, data);
    };
    const again = setTimeout(send, patience / 2);
    const last = setTimeout(() => end(reject, new Error("silent")), patience);
    window.addEventListener("message", listen);
    send();
  });
}

// The name of the frame that keeps data: what the platform's page says, else what the login said; null when nothing is offered.
export async function offeredFrame(named) {
  try {
    const answer = await ask(around, "*", { subject: "lti.capabilities" }, CAPABILITIES_PATIENCE);
    const put = answer.supported_messages?.find((one) => one.subject === "lti.put_data");
    const get = answer.supported_messages?.find((one) => one.subject === "lti.get_data");
    return put && get ? put.frame || named || "_parent" : null;
  } catch {
    return named || null; // an older page keeps data and does not say so
  }
}

// Keeps and gives back strings; `name` is a frame beside ours, or "_parent" for the page around us.
export function storageOf(origin, name) {
  const frame = name === "_parent" ? around : around?.frames[name];
  return {
    put: (key, value) => ask(frame, origin, { subject: "lti.put_data", key, value }, PATIENCE),
    get: async (key) => (await ask(frame, origin, { subject: "lti.get_data", key }, PATIENCE)).value ?? null,
  };
}

// While a secret is fetched the page says only that; what stands there otherwise is shown by the function that is returned. (The class `held`
// holds it back until this script is there, for some seconds at most.)
export function waitingIn(root) {
  const wait = root.querySelector("[data-wait]");
  const otherwise = root.querySelector("[data-otherwise]");
  const show = (waiting) => {
    wait.hidden = !waiting;
    otherwise.hidden = waiting;
    otherwise.classList.remove("held");
  };
  show(true);
  return () => show(false);
}
