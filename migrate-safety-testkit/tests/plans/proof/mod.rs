//! What a plan has to show on a server.

mod back;
mod crash;
pub(crate) mod dump;
mod end;
mod judged;
mod locks;

use crate::scene::Scene;
use migrate_safety_core::plan::Plan;

/// Something that a plan has to show; fails with what is wrong.
pub(crate) type Proof = fn(&Scene<'_>, &Plan) -> Result<(), String>;

/// All proofs by name.
pub(crate) const PROOFS: [(&str, Proof); 6] = [
    ("self", judged::prove),
    ("end", end::prove),
    ("back", back::prove),
    ("dump", dump::prove),
    ("locks", locks::prove),
    ("crash", crash::prove),
];

/// Those that are given unless others are asked for.
pub(crate) const USUAL: &str = "self,end,back";

/// Runs all steps of a plan.
pub(crate) fn runs(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    end::run(scene, plan).map(drop)
}

/// Differences as an error.
fn agree(what: &str, differences: &[String]) -> Result<(), String> {
    if differences.is_empty() { Ok(()) } else { Err(format!("{what}:\n      {}", differences.join("\n      "))) }
}
