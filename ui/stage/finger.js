// A finger that scrolls the page over a slider leaves its value alone: what it says counts once it moves sideways or is lifted.

const SURE = 8; // px sideways

export function sliding(range, act) {
  let touch = null; // where a finger came down, and what the slider said before
  range.addEventListener('pointerdown', (event) => {
    touch = event.pointerType === 'touch' ? { x: event.clientX, y: event.clientY, value: range.value } : null;
  });
  range.addEventListener('pointermove', (event) => {
    if (!touch) return;
    const across = Math.abs(event.clientX - touch.x);
    if (across > SURE && across > Math.abs(event.clientY - touch.y)) counts();
  });
  range.addEventListener('pointerup', () => { if (touch) counts(); });
  range.addEventListener('pointercancel', () => {
    if (touch) range.value = touch.value;
    touch = null;
  });
  range.addEventListener('input', () => { if (!touch) act(); });
  const counts = () => {
    const { value } = touch;
    touch = null;
    if (range.value !== value) act();
  };
}
