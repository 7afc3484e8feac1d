// Copy buttons, countdowns, and the page that waits for a device code. Without it all pages work.
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const text = document.getElementById(button.dataset.copy).innerText.trim();
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.copied;
    } catch {
      // Without https there is no clipboard: the text is selected instead.
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    }
  });
}

for (const place of document.querySelectorAll('[data-seconds]')) {
  const end = performance.now() + Number(place.dataset.seconds) * 1000;
  const show = () => {
    const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const two = (number) => String(number).padStart(2, '0');
    place.textContent = `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
  };
  show();
  setInterval(show, 1000);
}

const waiting = document.getElementById('device-code')?.dataset;
if (waiting) {
  const again = () => setTimeout(ask, Number(waiting.interval) * 1000);
  const ask = async () => {
    try {
      const answer = await fetch(location.href, {
        headers: { accept: 'application/json' }, redirect: 'manual', cache: 'no-store',
      });
      const waits = answer.status === 200 && (await answer.json()).user_code === (waiting.userCode ?? null);
      if (!waits && answer.status !== 503) return location.reload();
    } catch {
      // The network is away for the moment: the next try may find it.
    }
    again();
  };
  again();
}
