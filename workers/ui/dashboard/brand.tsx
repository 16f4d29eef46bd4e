// The name and its fish.
import type { JSX } from 'preact'

export const Brand = (): JSX.Element => (
  <span class="brand">
    <svg class="fish" viewBox="0 0 40 24" width="40" height="24" aria-hidden="true">
      <path
        class="fish-body"
        d="M2 12C7 4.5 15 2.500 21.5 5c3.200 1.200 5.900 3.400 8.200 6L38 4.500c-1.700 4.800-1.700 10.200 0 15L29.700 13c-2.300 2.600-5 4.800-8.200 6C15 21.500 7 19.500 2 12Z"
      />
      <circle class="fish-eye" cx="9.500" cy="10.500" r="1.600" />
    </svg>
    Minnow
  </span>
)
