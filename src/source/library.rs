//! Files of descriptions, each read once; the limits on their number and bytes are here.
//! In: `Files`, paths. Out: `SourceFile`s that live as long as the library.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Files, RelativePath, SourceFile};
use crate::diagnostic::{self, Diagnostic, Place};

/// Number of shelves, each twice as long as the one before: 2 to this power, less one, files fit.
const SHELVES: usize = 15;

/// Limit on the files of one blueprint together, twice the largest file. Unit: bytes.
const MAX_TOTAL_BYTES: usize = 256 << 20;

type Shelf = OnceCell<Box<[OnceCell<Arc<SourceFile>>]>>;

/// The files of a blueprint's descriptions.
pub struct Library<'f> {
    files: &'f dyn Files,
    /// Filled one after another and never moved, so that parts stay borrowed while more is read.
    shelves: [Shelf; SHELVES],
    known: RefCell<BTreeMap<RelativePath, Result<usize, Arc<Diagnostic>>>>,
    count: Cell<usize>,
    bytes: Cell<usize>,
}

impl<'f> Library<'f> {
    pub fn new(files: &'f dyn Files) -> Self {
        Self {
            files,
            shelves: Default::default(),
            known: RefCell::default(),
            count: Cell::new(0),
            bytes: Cell::new(0),
        }
    }

    /// Returns the file at a path, reading it the first time.
    ///
    /// Errors: GW0001 unreadable, GW0002 outside the root, GW1001 not UTF-8, GW1002 syntax, GW1003
    /// too deep, GW1004 too large or too many.
    pub fn open(
        &self,
        path: &RelativePath,
        display: impl FnOnce() -> Arc<str>,
    ) -> Result<&Arc<SourceFile>, Arc<Diagnostic>> {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone().map(|index| self.at(index));
        }
        let display = display();
        let read = self
            .has_room(&display)
            .and_then(|()| SourceFile::read(self.files, path.clone(), display).map_err(Arc::from));
        let shelved = read.map(|file| self.shelve(file));
        let mut known = self.known.borrow_mut();
        known.insert(path.clone(), shelved.clone());
        shelved.map(|index| self.at(index))
    }

    /// Returns every file that was read, in the order of reading.
    pub fn read(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        (0..self.count.get()).map(|index| self.at(index))
    }

    fn has_room(&self, display: &Arc<str>) -> Result<(), Arc<Diagnostic>> {
        let (count, bytes) = (self.count.get(), self.bytes.get());
        if count + 1 < 1 << SHELVES && bytes <= MAX_TOTAL_BYTES {
            return Ok(());
        }
        let too_large = diagnostic::TOO_LARGE
            .at(Place::file(display))
            .message(format_args!(
                "the descriptions have {count} files of {bytes} bytes before this one; gwgen reads fewer than {} of at most {MAX_TOTAL_BYTES}",
                1 << SHELVES
            ))
            .help("split the API over several blueprints, or remove what is no OpenAPI");
        Err(Arc::new(too_large))
    }

    fn shelve(&self, file: SourceFile) -> usize {
        let index = self.count.get();
        self.bytes.set(self.bytes.get() + file.text.len());
        self.count.set(index + 1);
        let (shelf, place) = spot(index);
        let shelf = self.shelves[shelf].get_or_init(|| {
            std::iter::repeat_with(OnceCell::new)
                .take(1 << shelf)
                .collect()
        });
        shelf[place]
            .set(Arc::new(file))
            .expect("each index is given out once");
        index
    }

    fn at(&self, index: usize) -> &Arc<SourceFile> {
        let (shelf, place) = spot(index);
        self.shelves[shelf]
            .get()
            .and_then(|shelf| shelf[place].get())
            .expect("an index is given out for a file")
    }
}

/// Returns the shelf of an index, and the place on it: shelf n has 2^n places.
fn spot(index: usize) -> (usize, usize) {
    let shelf = (index + 1).ilog2() as usize;
    (shelf, index + 1 - (1 << shelf))
}

#[cfg(test)]
#[test]
fn files_are_read_once_and_stay_where_they_are() {
    let names: Vec<String> = (0..40).map(|number| format!("{number}.yaml")).collect();
    let contents = names.iter().map(|name| (name.clone(), name.clone().into()));
    let memory = super::FilesInMemory(contents.collect());
    let library = Library::new(&memory);
    let open = |name: &str| library.open(&RelativePath::join("", name).unwrap(), || name.into());
    let files: Vec<&Arc<SourceFile>> = names.iter().map(|name| open(name).unwrap()).collect();
    for (name, file) in names.iter().zip(&files) {
        assert_eq!(*name, *file.text);
        assert!(Arc::ptr_eq(file, open(name).unwrap()));
    }
    assert!(open("missing.yaml").is_err());
    assert_eq!(library.read().count(), 40);
}
