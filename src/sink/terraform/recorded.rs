//! What kinds write, as arguments instead of text.
//!
//! In: blocks, in the order in which they are written. Out: `RecordedBlock`. Pure.

use super::{Terraform, TerraformPrinter};

/// A value of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// An expression of the native syntax.
    Expression(String),
    List(Vec<Recorded>),
    Map(Vec<(String, Recorded)>),
}

impl Recorded {
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Map(members) = self else {
            return None;
        };
        let mut members = members.iter();
        members.find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// A block with its arguments and the blocks in it.
#[derive(Debug, Default, PartialEq)]
pub struct RecordedBlock {
    /// Its type and labels.
    pub header: Vec<String>,
    pub arguments: Vec<(String, Recorded)>,
    pub blocks: Vec<RecordedBlock>,
}

impl RecordedBlock {
    pub(crate) fn argument(&self, name: &str) -> Option<&Recorded> {
        let mut arguments = self.arguments.iter();
        let argument = arguments.find(|(argument, _)| argument == name);
        argument.map(|(_, value)| value)
    }

    pub(crate) fn block(&self, name: &str) -> Option<&Self> {
        self.blocks.iter().find(|block| block.header == [name])
    }
}

/// Blocks so far, and those that are being written.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) blocks: Vec<RecordedBlock>,
    open: Vec<OpenPart>,
}

#[derive(Debug)]
enum OpenPart {
    Block(RecordedBlock),
    Map(String, Vec<(String, Recorded)>),
}

impl Recorder {
    pub(crate) fn head(&mut self, header: &[&str]) {
        self.open.push(OpenPart::Block(RecordedBlock {
            header: header.iter().map(|part| (*part).to_owned()).collect(),
            ..RecordedBlock::default()
        }));
    }

    pub(crate) fn open_map(&mut self, name: &str) {
        self.open.push(OpenPart::Map(name.to_owned(), Vec::new()));
    }

    pub(crate) fn close(&mut self) {
        match self.open.pop().expect("what closes was open") {
            OpenPart::Map(name, members) => self.argument(&name, Recorded::Map(members)),
            OpenPart::Block(block) => match self.open.last_mut() {
                Some(OpenPart::Block(outer)) => outer.blocks.push(block),
                Some(OpenPart::Map(..)) => unreachable!("a mapping holds no block"),
                None => self.blocks.push(block),
            },
        }
    }

    pub(crate) fn argument(&mut self, name: &str, value: Recorded) {
        let name = name.to_owned();
        match self.open.last_mut().expect("an argument is in a block") {
            OpenPart::Block(block) => block.arguments.push((name, value)),
            OpenPart::Map(_, members) => members.push((name, value)),
        }
    }
}

impl Terraform {
    /// Keeps what is written as arguments.
    pub(crate) fn recorder() -> Self {
        Self {
            printer: TerraformPrinter::Recorder(Recorder::default()),
            resources: None,
        }
    }

    /// The blocks that a recorder was given.
    pub(crate) fn into_blocks(self) -> Vec<RecordedBlock> {
        match self.printer {
            TerraformPrinter::Recorder(recorder) => recorder.blocks,
            TerraformPrinter::Native(_) | TerraformPrinter::Json(_) => Vec::new(),
        }
    }
}
