import { useState } from 'preact/hooks';

const THEMES = ['system', 'light', 'dark'] as const;

/** Light, dark, or as the system has it. */
export function ThemeButton() {
  const [theme, setTheme] = useState<(typeof THEMES)[number]>('system');
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  return (
    <button
      type="button"
      class="theme"
      aria-label={`colours: ${theme}; switch to ${next}`}
      title={`colours: ${theme}`}
      onClick={() => {
        document.documentElement.style.colorScheme = next === 'system' ? '' : next;
        setTheme(next);
      }}
    >
      ◐ {theme}
    </button>
  );
}
