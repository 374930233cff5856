// Applies the chosen appearance before the first paint; src/ui/theme.ts is where it is chosen. A file of its own
// because the page's security policy allows no inline scripts.
try {
  const chosen = localStorage.getItem('cahier:appearance');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.appearance = chosen;
} catch {
  // Storage may be switched off: the system's appearance it is.
}
