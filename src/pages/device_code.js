// Asks how far the device code is, and moves on when the answer is no longer "wait".
const page = document.getElementById('device-code').dataset;
const copy = document.getElementById('copy');
const left = document.getElementById('left');
const end = performance.now() + Number(page.expiresIn) * 1000;

copy?.addEventListener('click', async () => {
  await navigator.clipboard.writeText(page.userCode);
  copy.textContent = 'Copied';
});

function showTimeLeft() {
  const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

async function ask() {
  try {
    const answer = await fetch(location.href, {
      headers: { accept: 'application/json' }, redirect: 'manual', cache: 'no-store',
    });
    const waits = answer.status === 200 && (await answer.json()).user_code === (page.userCode ?? null);
    if (!waits && answer.status !== 503) return location.reload();
  } catch {
    // The network is away for the moment: the next try may find it.
  }
  setTimeout(ask, Number(page.interval) * 1000);
}

if (left) {
  showTimeLeft();
  setInterval(showTimeLeft, 1000);
}
setTimeout(ask, Number(page.interval) * 1000);
