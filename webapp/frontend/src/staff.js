// Every staff page: htmx, our behaviors, the style sheet.
import htmx from "htmx.org";
import "./staff.css";
import { start } from "../../static/js/start.js";

start(htmx);
