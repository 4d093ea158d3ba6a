//! Sweeps as pictures.
use super::tests::{quick, summarised};
use super::*;

#[test]
fn pictures_are_lines_maps_and_small_multiples() {
    use crate::report::figure::Theme;
    use crate::report::plot::{MOST_PLOTS, Shown};
    let (sweep, points) = summarised(&["alpha_0=0.1,0.2,0.3"]);
    let lines = picture::plots(&sweep, &points);
    assert!(
        lines
            .iter()
            .all(|p| matches!(&p.shown, Shown::Lines { series: s, .. } if s[0].marks.len() == 3))
    );
    assert_eq!(lines[0].title, "Accuracy");
    let Shown::Lines { series, is_joined } = &lines[0].shown else {
        panic!("lines")
    };
    assert_eq!(series.len(), sweep.definition().config.conditions.len());
    assert!(is_joined);
    let value = series[1].marks[2].unwrap().value;
    assert!((value - 0.52).abs() < 1e-12, "{value}");
    // Nothing lies between two words.
    let (sweep, points) = summarised(&["hidden=20+10,12,14"]);
    let apart = picture::plots(&sweep, &points);
    assert!(matches!(
        apart[0].shown,
        Shown::Lines {
            is_joined: false,
            ..
        }
    ));

    let (sweep, points) = summarised(&["alpha_0=0.1,0.2,0.3", "beta_0=0,1"]);
    let maps = picture::plots(&sweep, &points);
    let Shown::Map { label, rows, cells } = &maps[0].shown else {
        panic!("a map")
    };
    assert_eq!((label.as_str(), rows.len(), cells.len()), ("alpha_0", 3, 3));
    assert_eq!((maps[0].label.as_str(), maps[0].names.len()), ("beta_0", 2));
    let value = cells[2][1].unwrap().value;
    assert!((value - 0.55).abs() < 1e-12, "{value}");
    let svg = picture::svg(&sweep, &points, Theme::LIGHT).unwrap();
    assert!(svg.contains("beta_0") && svg.contains("0.55"), "{svg}");

    // A list's places are called by what tells its points apart, or by their numbers.
    let called = |csv: &str| {
        let sweep = points::listed(Some("figure1"), &quick(), csv).unwrap();
        let plots = picture::plots(&sweep, &points);
        (plots[0].label.clone(), plots[0].names.clone())
    };
    let (label, names) =
        called("stream,order\nrotated,sequential\nrotated,mixed\npermuted,mixed\n");
    assert_eq!(label, "stream, order");
    assert_eq!(
        names,
        ["rotated, sequential", "rotated, mixed", "permuted, mixed"]
    );
    let (label, names) = called("alpha_0,beta_0\n0.1,0\n0.2,0\n0.3,1\n");
    assert_eq!(label, "alpha_0, beta_0");
    assert_eq!(names, ["0.1, 0.0", "0.2, 0.0", "0.3, 1.0"]);
    let (label, names) = called("hidden,batch\n20+21+22+23+24+25+26+27+28,2\n20,2\n21+20,3\n");
    assert_eq!(label, "point");
    assert_eq!(names, ["1", "2", "3"]);
    let multiples = summarised(&["tasks=5,10", "alpha_0=0.1,0.2,0.3", "beta_0=0,1"]);
    let plots = picture::plots(&multiples.0, &multiples.1);
    assert_eq!(plots.len(), 2 * maps.len());
    assert!(plots[0].note.contains("tasks 5") && plots[1].note.contains("tasks 10"));
    let (sweep, points) = summarised(&["tasks=linear:1..100:100", "alpha_0=0.1,0.2", "beta_0=0,1"]);
    let said = picture::svg(&sweep, &points, Theme::DARK)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains(&format!("the {MOST_PLOTS} of one picture")),
        "{said}"
    );
}
