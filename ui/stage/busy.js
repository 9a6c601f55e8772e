// Counts what is under way, on the document: code that loads, a question that awaits its picture, a picture that is drawn, an address
// that is about to be written. At zero all that a reader sees is the answer to the last thing done, and a test may look.
export function busy(by) {
  const { dataset } = document.documentElement;
  dataset.sawaruWaits = Number(dataset.sawaruWaits ?? 0) + by;
}
