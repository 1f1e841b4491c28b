import DefaultTheme from 'vitepress/theme';
import './pictures.css';

/** The theme of VitePress with the colours of our pictures. */
export default DefaultTheme;
