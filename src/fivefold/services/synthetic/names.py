"""Invented names of varied origin. Any likeness to a real person is chance."""

from collections.abc import Container

import numpy as np

# One line for each origin: given names, then family names.
ORIGINS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("Adaeze", "Chidi", "Folake", "Kwame", "Yaa"), ("Abubakar", "Mensah", "Obi", "Owusu", "Adeyemi")),
    (("Anjali", "Farhan", "Meera", "Rohan", "Sunita"), ("Chaudhry", "Iyer", "Mukherjee", "Perera", "Rao")),
    (("Haruka", "Jisoo", "Linh", "Wei", "Mei-Ling"), ("Kang", "Mori", "Nguyễn", "Tan", "Zhao")),
    (("Amal", "Karim", "Layla", "Nour", "Samir"), ("Benali", "Haddad", "Mansour", "Saleh", "Zidane")),
    (("Aylin", "Deniz", "Parisa", "Rostam", "Soraya"), ("Demir", "Farahani", "Karimi", "Şahin", "Öztürk")),
    (("Bogdan", "Łucja", "Milena", "Oksana", "Zdeněk"), ("Kowalczyk", "Marković", "Shevchuk", "Novotná", "Petrescu")),
    (("Aino", "Freja", "Ingvar", "Søren", "Tuva"), ("Bjørnstad", "Lindqvist", "Mäkelä", "Rasmussen", "Sigurðardóttir")),
    (("Alma", "Inés", "Joaquim", "Marisol", "Thiago"), ("Cardoso", "Echeverría", "Fonseca", "Quispe", "Zamora")),
    (("Chiara", "Eleni", "Matteo", "Nikos", "Ottavia"), ("Bellini", "Galanis", "Moretti", "Papadaki", "Rinaldi")),
    (("Aoife", "Bethan", "Callum", "Imogen", "Rhys"), ("Ashworth", "Gallagher", "MacKinnon", "Pritchard", "Whitlock")),
    (("Annelies", "Florian", "Henrike", "Joost", "Svenja"), ("Brandt", "de Wit", "Hofmann", "van Houten", "Weigel")),
    (("Leilani", "Manaia", "Tama", "Wairere", "Kaiholo"), ("Fa'asavalu", "Kahananui", "Ngata", "Tuilagi", "Parata")),
)


def invent_name(rng: np.random.Generator, taken: Container[str]) -> str:
    """A given and a family name that nobody in ``taken`` has; one in four pairs names of two origins."""
    while True:
        first, last = rng.integers(len(ORIGINS), size=2)
        given = ORIGINS[first][0]
        family = ORIGINS[last if rng.random() < 0.25 else first][1]
        name = f"{given[rng.integers(len(given))]} {family[rng.integers(len(family))]}"
        if name not in taken:
            return name
