import { css, html, type LitElement, type TemplateResult } from 'lit';
import { text } from '../../console/base/text.ts';
import { icons } from './icons.ts';

/** The bar at the head of a screen, and the face of the business. */
export const headerStyles = css`
  header {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 3.3rem;
    padding: 0.4rem;
    background: var(--phoneHeader);
    color: var(--phoneOnHeader);
  }

  header :focus-visible {
    outline-color: #fff;
  }

  .face {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 2.4rem;
    block-size: 2.4rem;
    border-radius: 50%;
    background: light-dark(#d9fdd3, #2a3942);
    color: light-dark(#00594a, #e9edef);
    font-weight: 600;
  }

  .settings {
    display: none;
  }

  @media (max-width: 900px) {
    .settings {
      display: inline-grid;
    }
  }
`;

/** The button of narrow screens that asks for the panel of the customer's side, by the event `side` of a screen. */
export function sideButton(screen: LitElement): TemplateResult {
  const ask = () => screen.dispatchEvent(new Event('side'));
  return html`<button type="button" class="icon settings" aria-label=${text('phone.side')} @click=${ask}>
    ${icons.settings}
  </button>`;
}
