/* A file that is left on the device, with the reason by which the page counts it. */

export class Untaken extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}
