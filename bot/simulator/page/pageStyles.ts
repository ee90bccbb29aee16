import { css } from 'lit';

/** A phone beside its panel on wide screens; on narrow ones the phone alone, and the panel over it when asked for. */
export const pageStyles = css`
  :host {
    display: block;
    block-size: 100dvh;
    font-family: 'Segoe UI', Roboto, 'Helvetica Neue', system-ui, sans-serif;
    font-size: 0.92rem;
    line-height: 1.4;
  }

  main {
    position: relative;
    display: flex;
    justify-content: center;
    gap: 3rem;
    block-size: 100%;
    padding: 1.5rem;
  }

  .device {
    flex: 0 0 25rem;
    max-block-size: 54rem;
    margin-block: auto;
    block-size: 100%;
    overflow: hidden;
    border: 0.6rem solid var(--phoneFrame);
    border-radius: 2.4rem;
    box-shadow: 0 1rem 3rem var(--phoneShadow);
    background: var(--phoneWall);
  }

  .panel {
    flex: 0 1 24rem;
    display: flex;
    flex-direction: column;
    gap: 0.9rem;
    min-inline-size: 0;
    max-block-size: 54rem;
    margin-block: auto;
    block-size: 100%;
    padding: 1.2rem;
    border-radius: var(--borderRadiusXLarge);
    background: var(--colorNeutralBackground1);
    color: var(--colorNeutralForeground1);
    box-shadow: var(--shadow4);
    overflow-y: auto;
  }

  .top {
    display: flex;
    align-items: center;
    justify-content: space-between;
  }

  .close {
    display: none;
  }

  @media (max-width: 900px) {
    main {
      padding: 0;
    }

    .device {
      flex: 1;
      max-block-size: none;
      border: 0;
      border-radius: 0;
    }

    .panel {
      display: none;
      position: absolute;
      inset: 0;
      max-block-size: none;
      border-radius: 0;
      z-index: 2;
    }

    .panel.asked {
      display: flex;
    }

    .close {
      display: inline-grid;
    }
  }
`;
