// The launch is verified and waits a minute for the login's secret, which the platform's page has. The visit that it opens has a secret too;
// the same page keeps it, and the visit's pages fetch it from there.
import { storageOf, waitingIn } from "./modules/platform-storage.js";

const { origin, frame, url, ticket, key } = document.querySelector("[data-otherwise]").dataset;
const tellWhatHappened = waitingIn(document);

async function goIn() {
  const storage = storageOf(origin, frame);
  const proof = await storage.get(key);
  if (proof === null) throw new Error("not there");
  const body = new URLSearchParams({ state: ticket, proof });
  const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(10000) });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const visit = await answer.json();
  await storage.put(visit.key, visit.secret);
  storage.put(key, null).catch(() => {}); // used up: only tidiness
  location.replace(visit.address);
}

goIn().catch(tellWhatHappened);
