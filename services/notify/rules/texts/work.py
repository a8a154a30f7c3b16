"""The office's own work: reminders of tasks."""

from services.notify.rules.texts.form import Words, text

TEXTS: dict[str, dict[str, Words]] = {
    "task_reminder": {
        "fi": text(
            "Muistutus: {{title}}",
            "Hei {{given_name}},",
            "tässä muistutus tehtävästäsi.",
            "{{title}}\nMääräaika: {{due}}\nKoskee: {{about}}",
            "[[Avaa tehtävä|{{link}}]]",
        ),
        "sv": text(
            "Påminnelse: {{title}}",
            "Hej {{given_name}},",
            "här är en påminnelse om din uppgift.",
            "{{title}}\nSenast: {{due}}\nGäller: {{about}}",
            "[[Öppna uppgiften|{{link}}]]",
        ),
        "en": text(
            "Reminder: {{title}}",
            "Hello {{given_name}},",
            "this is a reminder of your task.",
            "{{title}}\nDue: {{due}}\nAbout: {{about}}",
            "[[Open the task|{{link}}]]",
        ),
    },
}
