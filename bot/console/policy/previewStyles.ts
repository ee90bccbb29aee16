import { css } from 'lit';

/** How the preview of a policy lies: the drawing and its list, and below them what it is tried with. */
export const previewStyles = css`
  :host {
    display: grid;
    gap: var(--spacingVerticalM);
  }

  .situation {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr));
    gap: var(--spacingVerticalS) var(--spacingHorizontalM);
  }

  .situation label {
    display: grid;
    gap: var(--spacingVerticalXXS);
    align-content: start;
  }

  .wide {
    grid-column: 1 / -1;
  }

  .situation input[type='number'] {
    inline-size: 100%;
  }

  ol {
    display: grid;
    gap: var(--spacingVerticalS);
    margin: 0;
    padding: 0;
    list-style: none;
  }

  li {
    display: grid;
    grid-template-columns: 5rem minmax(0, 1fr);
    gap: var(--spacingHorizontalM);
  }

  time {
    font-weight: var(--fontWeightSemibold);
    font-variant-numeric: tabular-nums;
  }

  ul {
    display: grid;
    gap: var(--spacingVerticalXS);
    margin: 0;
    padding: 0;
    list-style: none;
  }

  ul li {
    display: block;
  }

  .old {
    opacity: 0.75;
  }
`;
