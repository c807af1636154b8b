"""What people call places besides their names."""

from directory.geo.names import other_names, regions
from directory.geo.places import Gazetteer, Place


def test_counties_and_districts_have_their_short_forms() -> None:
    assert other_names("Kreis Lippe")[-2:] == ["Landkreis Lippe", "Kr. Lippe"]
    assert "Bezirksregierung Köln" in other_names("Regierungsbezirk Köln")
    assert "Halle Westfalen" in other_names("Halle (Westf.)")
    assert "HSK" in other_names("Hochsauerlandkreis")


def test_former_towns_lead_to_the_city_and_number_plates_stay_words() -> None:
    gazetteer = Gazetteer([Place("05124000", "Wuppertal", None), Place("05158", "Kreis X", None)])
    found = gazetteer.find("elberfeld")
    assert found is not None
    assert found.label == "Wuppertal"
    assert gazetteer.find("ME") is None


def test_no_region_is_empty() -> None:
    assert regions()["Münsterland"][1][0] == "Münster"
    assert all(parts for _, parts in regions().values())
