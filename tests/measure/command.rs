//! The dry runs of `spotcheck report`, as a person runs them (DESIGN 7).

use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Output};

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        for (name, text) in files {
            fs::write(folder.0.path().join(name), text).unwrap();
        }
        folder
    }

    fn run(&self, args: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.current_dir(self.0.path()).env_remove("SPOTCHECK_LANGUAGE").env("LC_ALL", "C");
        command.arg("report").args(args.split_whitespace()).output().unwrap()
    }

    fn stdout(&self, args: &str) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, args: &str) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert!(output.stdout.is_empty(), "{args}");
        String::from_utf8(output.stderr).unwrap()
    }
}

const UNITS: &str = "\u{feff}stratum,p,y\r\nnorth,0.5,0\r\nsouth,0.25,1\r\nnorth,0.5,1\r\n";

#[test]
fn estimates_as_json() {
    let folder = Folder::with(&[("u.csv", UNITS), ("n.csv", "N,stratum\n30,south\n10,north\n5,west\n")]);
    let rows: Value = serde_json::from_str(&folder.stdout("estimate --units u.csv --json")).unwrap();
    let names: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["stratum"].as_str().unwrap()).collect();
    assert_eq!(names, ["north", "south", "all"]);
    let keys = ["stratum", "n", "N", "Y", "se_Y", "R", "se_R", "n_star", "low", "high"];
    assert!(rows.as_array().unwrap().iter().all(|row| row.as_object().unwrap().len() == keys.len()));
    assert!(keys.iter().all(|key| !rows[2][key].is_null()), "{rows}");
    let of = |row: &Value, keys: &[&str]| keys.iter().map(|key| row[key].clone()).collect::<Vec<_>>();
    assert_eq!(of(&rows[0], &["n", "N", "Y", "R"]), [json!(2), json!(4.0), json!(2.0), json!(0.5)]);
    assert_eq!(
        of(&rows[1], &["n", "N", "Y", "R", "n_star"]),
        [json!(1), json!(4.0), json!(4.0), json!(1.0), json!(1.0)]
    );
    assert_eq!(of(&rows[2], &["n", "N", "Y", "R"]), [json!(3), json!(8.0), json!(6.0), json!(0.75)]);

    let rows: Value = serde_json::from_str(&folder.stdout("estimate --units u.csv --totals n.csv --json")).unwrap();
    assert_eq!(
        of(&rows[2], &["stratum", "n", "N", "R", "low", "high"]).as_slice(),
        [json!("west"), json!(0), json!(5.0), json!(null), json!(0.0), json!(1.0)]
    );
    assert_eq!(
        of(&rows[3], &["stratum", "n", "N", "Y", "R"]).as_slice(),
        [json!("all"), json!(3), json!(45.0), json!(6.0), json!(null)]
    );
}

#[test]
fn estimates_for_people() {
    let folder = Folder::with(&[("u.csv", UNITS), ("n.csv", "stratum,N\nsouth,30\nnorth,10\nwest,5\n")]);
    let table = folder.stdout("estimate --units u.csv");
    let last = table.lines().nth(3).unwrap();
    assert!(last.ends_with("  all") && last.contains("75.0 %"), "{table}");
    assert!(!table.contains("no unit in"), "{table}");
    let table = folder.stdout("estimate --units u.csv --totals n.csv");
    assert!(table.contains("no unit in west: "), "{table}");
    let table = folder.stdout("--lang zh estimate --units u.csv --totals n.csv");
    assert!(table.contains("合计") && table.contains("没有单位：west"), "{table}");
}

#[test]
fn a_file_of_no_units_is_no_trouble() {
    let folder = Folder::with(&[("u.csv", "stratum,p,y\n")]);
    assert_eq!(
        folder.stdout("estimate --units u.csv --json"),
        concat!(
            r#"[{"stratum":"all","n":0,"N":0.0,"Y":0.0,"se_Y":0.0,"R":null,"se_R":null,"#,
            r#""n_star":0.0,"low":0.0,"high":1.0}]"#,
            "\n"
        )
    );
}

#[test]
fn bad_files_are_named_with_row_and_field() {
    let trouble = |units: &str, totals: &str| {
        let folder = Folder::with(&[("u.csv", units), ("n.csv", totals)]);
        folder.refused("estimate --units u.csv --totals n.csv --json")
    };
    let good = "stratum,N\na,10\n";
    for (units, totals, expected) in [
        ("stratum,p\na,1\n", good, "u.csv, row 1, field y: "),
        ("stratum,p,y\na,0.5,1\n,0.5,1\n", good, "u.csv, row 3, field stratum: "),
        ("stratum,p,y\nall,0.5,1\n", good, "u.csv, row 2, field stratum: "),
        ("stratum,p,y\na,0.5,1\na,0,1\n", good, "u.csv, row 3, field p: "),
        ("stratum,p,y\na,1.01,1\n", good, "u.csv, row 2, field p: "),
        ("stratum,p,y\na,-0.5,1\n", good, "u.csv, row 2, field p: "),
        ("stratum,p,y\na,inf,1\n", good, "u.csv, row 2, field p: "),
        ("stratum,p,y\na,1e-300,1\n", good, "u.csv, row 2, field p: "),
        ("stratum,p,y\na,0.5,1.5\n", good, "u.csv, row 2, field y: "),
        ("stratum,p,y\na,0.5,NaN\n", good, "u.csv, row 2, field y: "),
        ("stratum,p,y\na,0.5,\n", good, "u.csv, row 2, field y: "),
        ("stratum,p,y\na,0.5,50%\n", good, "u.csv, row 2, field y: "),
        ("stratum,p,y\na,0.5,1\nb,0.5,1\n", good, "u.csv, row 3, field stratum: "),
        ("stratum,p,y\na,0.5,1\n", "stratum,N\na,-1\n", "n.csv, row 2, field N: "),
        ("stratum,p,y\na,0.5,1\n", "stratum,N\na,many\n", "n.csv, row 2, field N: "),
        ("stratum,p,y\na,0.5,1\n", "stratum,N\na,9\na,9\n", "n.csv, row 3, field stratum: "),
        ("stratum,p,y\na,0.5,1\na,0.5,0\n", "stratum,N\nb,9\na,1\n", "n.csv, row 3, field N: "),
    ] {
        let found = trouble(units, totals);
        assert!(found.starts_with(expected), "{units:?} {totals:?}: {found}");
    }
    let folder = Folder::with(&[("u.csv", "stratum,p,y\na,0,1\n")]);
    assert!(folder.refused("estimate --units gone.csv").starts_with("gone.csv: "));
    let zh = folder.refused("--lang zh estimate --units u.csv");
    assert!(zh.starts_with("u.csv 第2行 “p”栏：“0”不是抽中概率"), "{zh}");
}

#[test]
fn response_rates_by_name() {
    let folder = Folder::with(&[]);
    let json = folder.stdout("aapor --counts I=4,P=2,R=1,NC=1,O=1,UH=1,UO=1,NE=1 --json");
    assert!(json.starts_with(r#"{"RR1":0.36363636363636365,"RR2":"#), "{json}");
    let rates: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rates.as_object().unwrap().len(), 16);
    assert_eq!((&rates["COOP1"], &rates["RR6"]), (&json!(0.5), &json!(6.0 / 9.0)));
    // What is left out is 0; case and blanks around a count are no matter.
    let rates: Value = serde_json::from_str(&folder.stdout("aapor --counts i=100,NC=20 --json")).unwrap();
    assert_eq!((&rates["RR3"], &rates["COOP4"]), (&json!(100.0 / 120.0), &json!(1.0)));
    let rates: Value = serde_json::from_str(&folder.stdout("aapor --counts NE=3 --json")).unwrap();
    assert_eq!(rates["RR1"], Value::Null);
    let table = folder.stdout("aapor --counts I=4,P=2,R=1,NC=1,O=1,UH=1,UO=1,NE=1");
    assert!(table.starts_with("RR1     36.4 %  response rate\n"), "{table}");
    let table = folder.stdout("--lang zh aapor --counts NE=3");
    assert!(table.starts_with("RR1          -  应答率\n") && table.contains("分母为零"), "{table}");
}

#[test]
fn bad_counts_are_told() {
    let folder = Folder::with(&[]);
    for (counts, expected) in [
        ("I", "“I” is no count"),
        ("I=4,", "“” is no count"),
        ("I=4,X=2", "“X” is no disposition: expected one of I, P, R, NC, O, UH, UO, NE"),
        ("I=4,P=-2", "“-2” is not a whole number"),
        ("I=4,P=1.5", "“1.5” is not a whole number"),
        ("I=4,i=2", "“i” stands twice"),
    ] {
        let found = folder.refused(&format!("aapor --counts {counts} --json"));
        assert!(found.starts_with(&format!("--counts: {expected}")), "{counts}: {found}");
    }
}
