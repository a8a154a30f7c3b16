"""The office's own work: reminders of tasks."""

from services.notify.rules.texts.form import Words, text

TEXTS: dict[str, dict[str, Words]] = {
    "task_reminder": {
        "fi": text(
            "Muistutus: {{title}}",
            "Hei {{given_name}},",
            "pyysit muistuttamaan tehtävästä tai se on annettu sinulle: {{title}}",
            "Määräaika: {{due}}",
            "Koskee: {{about}}",
            "[[Avaa tehtävä|{{link}}]]",
        ),
        "sv": text(
            "Påminnelse: {{title}}",
            "Hej {{given_name}},",
            "du bad om en påminnelse om den här uppgiften, eller så har den getts till dig: {{title}}",
            "Senast: {{due}}",
            "Gäller: {{about}}",
            "[[Öppna uppgiften|{{link}}]]",
        ),
        "en": text(
            "Reminder: {{title}}",
            "Hello {{given_name}},",
            "you asked to be reminded of this task, or it was given to you: {{title}}",
            "Due: {{due}}",
            "About: {{about}}",
            "[[Open the task|{{link}}]]",
        ),
    },
}
