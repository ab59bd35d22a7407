// The cookie of this login did not come back. If the platform's page keeps data for us, it keeps the login's secret, and the login goes on;
// else the page offers a window of its own. The platform is not asked before: its hint can be used only once.
import { offeredFrame, storageOf, waitingIn } from "./modules/platform-storage.js";

const { origin, frame: named, url, ticket } = document.querySelector("[data-otherwise]").dataset;
const offerWindow = waitingIn(document);

async function goOn() {
  const frame = await offeredFrame(named);
  if (frame === null) throw new Error("nothing offered");
  const body = new URLSearchParams({ tx: ticket, frame });
  const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(2000) });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const { key, secret, address } = await answer.json();
  await storageOf(origin, frame).put(key, secret);
  location.replace(address);
}

goOn().catch(offerWindow);
