import { css } from 'lit';

/** What pages with entries share: boxes, entries, small print, warnings. */
export const formStyles = css`
  .card {
    background: var(--colorNeutralBackground1);
    border: 1px solid var(--colorNeutralStroke2);
    border-radius: var(--borderRadiusLarge);
    padding: var(--spacingHorizontalL);
  }

  select,
  input:not([type='checkbox']),
  textarea {
    font: inherit;
    color: inherit;
    background: var(--colorNeutralBackground1);
    padding: var(--spacingVerticalSNudge) var(--spacingHorizontalS);
    border: 1px solid var(--colorNeutralStrokeAccessible);
    border-radius: var(--borderRadiusMedium);
    min-inline-size: 0;
    min-block-size: 2.25rem;
    max-inline-size: 100%;
  }

  ::placeholder {
    color: var(--colorNeutralForeground3);
    opacity: 1;
  }

  textarea {
    inline-size: 100%;
    resize: vertical;
  }

  input[type='number'] {
    inline-size: 7rem;
  }

  input[type='checkbox'] {
    inline-size: 1.1rem;
    block-size: 1.1rem;
    accent-color: var(--colorBrandBackground);
  }

  select:disabled,
  input:disabled,
  textarea:disabled {
    background: var(--colorNeutralBackground3);
    color: var(--colorNeutralForeground3);
    border-color: var(--colorNeutralStroke1);
  }

  small,
  .small {
    font-size: var(--fontSizeBase200);
    line-height: var(--lineHeightBase200);
    color: var(--colorNeutralForeground3);
  }

  .refusal {
    color: var(--colorStatusDangerForeground3);
  }

  .warning {
    padding: var(--spacingVerticalSNudge) var(--spacingHorizontalM);
    background: var(--colorStatusWarningBackground1);
    color: var(--colorStatusWarningForeground3);
    border: 1px solid var(--colorStatusWarningBorder1);
    border-radius: var(--borderRadiusMedium);
  }
`;

/** A page of boxes one below the other, no wider than one can read. */
export const boxesStyles = css`
  :host {
    display: grid;
    gap: var(--spacingVerticalL);
    padding: var(--spacingHorizontalL);
    max-inline-size: 96rem;
    margin-inline: auto;
  }

  @media (max-width: 480px) {
    :host {
      padding: var(--spacingHorizontalM);
    }
  }
`;
