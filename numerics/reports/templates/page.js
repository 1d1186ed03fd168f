for (const button of document.querySelectorAll('.latex button')) {
  button.addEventListener('click', async () => {
    const code = button.parentElement.querySelector('code');
    try { await navigator.clipboard.writeText(code.textContent); button.textContent = 'copied'; }
    catch { getSelection().selectAllChildren(code); button.textContent = 'selected'; }
  });
}
