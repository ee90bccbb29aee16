import { css } from 'lit';

/** The look of the composer, and of what stands in its place. */
export const composerStyles = css`
  :host {
    display: block;
    padding: var(--spacingVerticalS) var(--spacingHorizontalM);
    background: var(--colorNeutralBackground1);
    border-block-start: 1px solid var(--colorNeutralStroke2);
  }

  .line {
    display: flex;
    align-items: flex-end;
    gap: var(--spacingHorizontalXS);
  }

  textarea {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 2rem;
    max-block-size: 10rem;
    resize: none;
    overflow-y: auto;
    font: inherit;
    line-height: var(--lineHeightBase300);
    color: var(--colorNeutralForeground1);
    background: var(--colorNeutralBackground1);
    border: 1px solid var(--colorNeutralStrokeAccessible);
    border-radius: var(--borderRadiusXLarge);
    padding: 0.3rem var(--spacingHorizontalM);
  }

  textarea::placeholder {
    color: var(--colorNeutralForeground3);
  }

  textarea:focus-visible {
    outline: 2px solid var(--colorBrandStroke1);
    outline-offset: -1px;
  }

  .closed {
    display: flex;
    align-items: center;
    gap: var(--spacingHorizontalS);
    margin-block-end: var(--spacingVerticalS);
    color: var(--colorNeutralForeground2);
  }

  .closed .icon {
    flex-shrink: 0;
    color: var(--colorStatusDangerForeground3);
  }
`;
