// Browsers under a POSIX locale call their language `en-US@posix`, which is none, and uPlot formats numbers by it as soon
// as it is loaded. So this comes before it.
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true }) // what it means by that
}
