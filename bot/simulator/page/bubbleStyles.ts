import { css } from 'lit';

/** The bubble of a message, right for the customer's own, left for the business. */
export const bubbleStyles = css`
  :host {
    display: flex;
    margin-block: 0.15rem;
  }

  :host([own]) {
    justify-content: flex-end;
  }

  .bubble {
    position: relative;
    min-inline-size: 5.5rem;
    max-inline-size: min(85%, 30rem);
    padding: 0.35rem 0.55rem 0.3rem;
    border-radius: 0.6rem;
    border-start-start-radius: 0;
    background: var(--phoneIn);
    color: var(--phoneText);
    box-shadow: 0 1px 1px var(--phoneShadow);
    overflow-wrap: anywhere;
  }

  :host([own]) .bubble {
    border-start-start-radius: 0.6rem;
    border-start-end-radius: 0;
    background: var(--phoneOut);
  }

  .reacted {
    margin-block-end: 1rem;
  }

  .head {
    font-weight: 600;
  }

  .text {
    white-space: pre-wrap;
    unicode-bidi: plaintext;
  }

  .foot,
  .meta,
  .deleted {
    color: var(--phoneFaint);
  }

  .foot {
    font-size: 0.85em;
  }

  .deleted {
    display: flex;
    align-items: center;
    gap: 0.3rem;
    font-style: italic;
  }

  .deleted svg,
  .file svg {
    inline-size: 1.3em;
    block-size: 1.3em;
    flex: none;
    fill: currentcolor;
  }

  .meta {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 0.25rem;
    min-block-size: 1.5rem;
    margin-block-start: -0.1rem;
    font-size: 0.78em;
    line-height: 1.3;
  }

  bt-ticks {
    color: var(--phoneFaint);
    font-size: 1.25em;
    transition: color 0.4s;
  }

  bt-ticks[ticks='read'] {
    color: var(--phoneBlue);
  }

  .quote {
    display: block;
    margin-block-end: 0.25rem;
    padding: 0.25rem 0.5rem;
    border-inline-start: 3px solid var(--phoneAccent);
    border-radius: 0.35rem;
    background: var(--phoneQuote);
    font-size: 0.9em;
    max-block-size: 3.4em;
    overflow: hidden;
  }

  .quote b {
    display: block;
    color: light-dark(#00594a, #6fe3c4);
  }

  img {
    display: block;
    max-inline-size: 100%;
    max-block-size: 18rem;
    min-block-size: 3rem;
    margin-block-end: 0.2rem;
    border-radius: 0.4rem;
    background: var(--phoneQuote);
  }

  .file {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    padding: 0.5rem;
    border-radius: 0.4rem;
    background: var(--phoneQuote);
    color: inherit;
  }

  .choices {
    display: grid;
    margin-block-start: 0.35rem;
    border-block-start: 1px solid var(--phoneLine);
  }

  .choices button {
    padding: 0.5rem;
    border: 0;
    background: none;
    color: var(--phoneAccent);
    font-weight: 600;
  }

  .choices button + button {
    border-block-start: 1px solid var(--phoneLine);
  }

  .choices button:hover {
    background: var(--phoneQuote);
  }

  .choices small {
    display: block;
    font-weight: 400;
    color: var(--phoneFaint);
  }

  summary {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 0.4rem;
    padding: 0.5rem;
    color: var(--phoneAccent);
    font-weight: 600;
    cursor: pointer;
  }

  summary svg {
    inline-size: 1.2em;
    block-size: 1.2em;
    fill: currentcolor;
  }

  .more {
    inline-size: 1.5rem;
    block-size: 1.5rem;
    margin-inline-end: auto;
    color: inherit;
    opacity: 0;
  }

  .bubble:hover .more,
  .more:focus-visible,
  .more[aria-expanded='true'] {
    opacity: 1;
  }

  @media (hover: none) {
    .more {
      opacity: 1;
    }
  }

  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.15rem;
    margin-block-start: 0.3rem;
    padding-block-start: 0.3rem;
    border-block-start: 1px solid var(--phoneLine);
  }

  .actions button {
    min-inline-size: 2rem;
    min-block-size: 2rem;
    padding: 0.2rem 0.45rem;
    border: 0;
    border-radius: 1rem;
    background: none;
  }

  .actions button:hover {
    background: var(--phoneQuote);
  }

  .actions .danger {
    color: var(--phoneDanger);
  }

  :host([own]) .actions .danger {
    color: light-dark(#a11a12, #ffc9c5);
  }

  .reaction {
    position: absolute;
    inset-block-end: -1rem;
    inset-inline-start: 0.5rem;
    padding: 0 0.35rem;
    border-radius: 1rem;
    background: var(--phoneIn);
    box-shadow: 0 1px 2px var(--phoneShadow);
  }
`;
