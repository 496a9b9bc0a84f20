// What waits on this device to be sent: one entry for each act, so that two windows never write
// over each other's. An entry's name begins with the time of the tap, so that they sort in order.
// Kept are numbers of names and marks, never a name, but for somebody who walks in.

let counter = 0;

export const newKey = () => crypto.randomUUID?.()
  ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Kept {
  constructor(eventId, person) {
    this.everyone = `register ${eventId} `;
    this.own = `${this.everyone}${person} `;
  }

  // Whether this browser keeps anything at all.
  works() {
    try {
      localStorage.setItem("register try", "1");
      localStorage.removeItem("register try");
      return true;
    } catch {
      return false;
    }
  }

  add(act) {
    const key = act.key ?? newKey();
    const tappedAt = String(Date.now()).padStart(15, "0") + String(counter++).padStart(6, "0");
    localStorage.setItem(`${this.own}${tappedAt} ${key}`, JSON.stringify({ ...act, key, at: Date.now() }));
  }

  // In the order of the taps; `slot` is where each is kept.
  waiting() {
    return this.#all().filter((act) => !act.refused);
  }

  // What the service could not do, with its sentence, until somebody has read it.
  refused() {
    return this.#all().filter((act) => act.refused);
  }

  refuse({ slot, ...act }, sentence) {
    localStorage.setItem(slot, JSON.stringify({ ...act, refused: sentence }));
  }

  haveOthersAny() {
    return this.#named(this.everyone).some((slot) => !slot.startsWith(this.own));
  }

  // It may have arrived: from now on it is taken back, not just forgotten.
  noteTried(acts) {
    for (const { slot, ...act } of acts) {
      if (localStorage.getItem(slot)) localStorage.setItem(slot, JSON.stringify({ ...act, tried: true }));
    }
  }

  forget(act) {
    localStorage.removeItem(act.slot);
  }

  isOfThisRegister(slot) {
    return slot?.startsWith(this.everyone) ?? false;
  }

  #all() {
    return this.#named(this.own).sort()
      .map((slot) => ({ ...JSON.parse(localStorage.getItem(slot) ?? "{}"), slot }));
  }

  #named(beginning) {
    return Object.keys(localStorage).filter((slot) => slot.startsWith(beginning));
  }
}
