import { css } from 'lit';

/** What the phone's components share: round buttons with a drawing, and lists without dots. */
export const parts = css`
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }

  .icon {
    display: inline-grid;
    place-items: center;
    flex: none;
    inline-size: 2.5rem;
    block-size: 2.5rem;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
  }

  .icon:hover {
    background: light-dark(#0000000f, #ffffff1a);
  }

  .icon svg {
    inline-size: 1.5rem;
    block-size: 1.5rem;
    fill: currentcolor;
  }

  ul,
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }

  :focus-visible {
    outline-color: light-dark(#111b21, #fff);
  }

  :host(:dir(rtl)) .turns svg {
    transform: scaleX(-1);
  }
`;
