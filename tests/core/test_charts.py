"""Geometry of charts: proportions, small quantities, words for screen readers."""

from django.template.loader import render_to_string

from cpts_portal.core.charts import WIDTH, Point, bar_chart, column_chart


def test_the_largest_bar_is_full_and_the_others_in_proportion():
    points = [Point("A", 10, "10"), Point("B", 5, "5"), Point("C", 0, "0"), Point("D", None, "–")]
    chart = bar_chart("k", "Titre", points)
    assert [bar.width for bar in chart.bars] == [WIDTH, WIDTH // 2, 0, 0]
    assert chart.description == "A\u00a0: 10 ; B\u00a0: 5 ; C\u00a0: 0 ; D\u00a0: –."


def test_percentages_are_measured_against_a_whole_and_never_overflow():
    chart = bar_chart("k", "Titre", [Point("A", 25.0, "25 %"), Point("B", 150.0, "150 %")], full=100)
    assert [bar.width for bar in chart.bars] == [WIDTH // 4, WIDTH]


def test_a_tiny_quantity_still_shows():
    chart = bar_chart("k", "Titre", [Point("A", 10_000, "10 000"), Point("B", 1, "1")])
    assert chart.bars[1].width == 2


def test_columns_stand_on_the_base_line_inside_the_drawing():
    chart = column_chart("k", "Titre", [Point(str(year), year - 2018, "x") for year in range(2019, 2027)])
    assert {bar.y + bar.height for bar in chart.bars} == {chart.base_line}
    assert min(bar.x for bar in chart.bars) >= 0
    assert max(bar.x + bar.width for bar in chart.bars) <= WIDTH


def test_nothing_to_draw_breaks_nothing():
    assert bar_chart("k", "Titre", []).bars == ()
    assert column_chart("k", "Titre", []).bars == ()


def test_the_drawing_says_what_it_is_and_holds_no_decimal_comma():
    chart = bar_chart("parts", "Parts & taux", [Point("Kinés", 33.3, "33,3 %"), Point("<b>", 12.5, "12,5 %")], full=100)
    drawn = render_to_string("ui/chart_bars.html", {"chart": chart})
    assert '<title id="parts-title">Parts &amp; taux</title>' in drawn
    assert 'role="img" aria-labelledby="parts-title parts-desc"' in drawn
    assert "<b>" not in drawn
    assert f'width="{round(WIDTH * 0.333)}"' in drawn
