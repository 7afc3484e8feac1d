//! A proxy is killed, or loses its Redis, between any two writes of a request: the remaining records are
//! usable, and are swept.

use std::thread;

use e2e::{Browser, Builder, Gate, Redis, Replica, Stack};

/// More writes than any request has.
const ENOUGH: usize = 60;

/// Two proxies on one Redis, one of them behind a gate.
struct World {
    redis: Redis,
    gate: Gate,
    stack: Stack,
    /// How far the clock was moved.
    now: i64,
}

impl World {
    fn new() -> Self {
        let redis = Redis::start();
        let gate = Gate::new(&redis);
        let stack = Builder::default().clock().redis(&redis).start();
        Self {
            redis,
            gate,
            stack,
            now: 0,
        }
    }

    fn pass(&mut self, seconds: i64) {
        self.now += seconds;
        self.stack.at(self.now);
    }

    /// Lets `replica`, behind the gate, process `request`, and kills it before write `number`; the first is
    /// write 0. Returns whether there was such a write.
    fn kill_at(&self, number: usize, replica: &mut Replica, request: impl FnOnce() + Send) -> bool {
        self.gate.hang_after(number);
        thread::scope(|scope| {
            scope.spawn(|| {
                request();
                self.gate.over();
            });
            let hangs = self.gate.hangs();
            if hangs {
                replica.process.kill();
            }
            hangs
        })
    }

    /// At each write in turn: calls `prepare`, kills a replica during `request`, and calls `check`.
    fn at_each_write<T: Clone + Send>(
        &mut self,
        prepare: impl Fn(&mut Self, &Replica) -> T,
        request: impl Fn(T) + Sync,
        check: impl Fn(&mut Self, T),
    ) {
        let mut number = 0;
        loop {
            self.gate.open();
            let mut replica = self.stack.replica_at(&self.gate.url());
            let prepared = prepare(self, &replica);
            let asked = prepared.clone();
            let killed = self.kill_at(number, &mut replica, || request(asked));
            self.gate.open();
            check(self, prepared);
            if !killed {
                assert!(number > 3, "{number} writes are not all");
                return;
            }
            number += 1;
            assert!(number < ENOUGH);
        }
    }

    fn works(&self, browser: &Browser) -> bool {
        self.stack.browser_like(browser).get("/whoami").status == 200
    }

    /// Long after the end of everything, sign-ins and sign-outs sweep all that is left.
    fn is_swept_clean(&mut self) {
        let left = self.redis.keys();
        assert!(left.len() > 10);
        // Lists of a day's sign-outs last longest: until a day after the last one.
        self.pass(3 * 24 * 3600);
        for _ in 0..200 {
            let mut alice = self.stack.signed_in("alice");
            alice.send("POST", "/logout", &[], "");
            let keys = self.redis.keys();
            // The position of the sweep and Entra's keys are kept for ever.
            let forever = |key: &&String| key.contains("-sweep-") || key.contains("-metadata-");
            if left.intersection(&keys).all(|key| forever(&key)) {
                return;
            }
        }
        let never: Vec<_> = left.intersection(&self.redis.keys()).cloned().collect();
        panic!("never swept: {never:?}");
    }
}

#[test]
fn of_a_sign_in_in_a_new_browser_and_in_one_that_is_signed_in() {
    let mut world = World::new();
    for signed_in in [false, true] {
        world.at_each_write(
            |world, replica| {
                let mut browser = match signed_in {
                    true => world.stack.signed_in("alice"),
                    false => world.stack.browser(),
                };
                let callback = world.stack.begin(&mut browser, "alice", "/whoami");
                (replica.browser(&browser), callback)
            },
            |(mut browser, callback)| drop(browser.try_get(&callback)),
            |world, (browser, callback)| {
                let mut browser = world.stack.browser_like(&browser);
                assert_eq!(world.works(&browser), signed_in, "the session of before");
                let again = browser.get(&callback).status;
                assert!([302, 400].contains(&again), "{again}");
                assert_eq!(world.stack.sign_in(&mut browser, "alice").status, 302);
                assert!(world.works(&browser));
            },
        );
    }
    world.is_swept_clean();
}

#[test]
fn of_a_refresh() {
    let mut world = World::new();
    world.at_each_write(
        |world, replica| {
            let alice = replica.browser(&world.stack.signed_in("alice"));
            world.pass(4300);
            alice
        },
        |mut alice| drop(alice.try_get("/whoami")),
        |world, alice| {
            assert!(world.works(&alice), "the token that still lives");
            // The killed replica's lease has ended.
            world.pass(101);
            let mut alice = world.stack.browser_like(&alice);
            let token = &alice.get("/whoami").json()["token"];
            assert!(token["expires_in"].as_u64().unwrap() > 4000, "{token}");
        },
    );
    world.is_swept_clean();
}

#[test]
fn of_a_sign_out_here_and_everywhere() {
    let mut world = World::new();
    for target in ["/logout", "/logout?everywhere=1"] {
        world.at_each_write(
            |world, replica| {
                let alice = world.stack.signed_in("alice");
                (replica.browser(&alice), world.stack.signed_in("alice"))
            },
            |(mut alice, _)| drop(alice.try_send("POST", target, &[], "")),
            |world, (alice, elsewhere)| {
                let mut again = world.stack.browser_like(&alice);
                assert_eq!(again.send("POST", target, &[], "").status, 200);
                assert!(!world.works(&alice));
                assert_eq!(world.works(&elsewhere), !target.contains("everywhere"));
                assert!(world.works(&world.stack.signed_in("alice")));
            },
        );
    }
    world.is_swept_clean();
}

/// The store fails during a refresh, and returns: Entra does not revoke the previous refresh token.
#[test]
fn a_refresh_whose_write_fails_loses_nothing() {
    let mut world = World::new();
    let replica = world.stack.replica_at(&world.gate.url());
    for number in 0..ENOUGH {
        let mut alice = replica.browser(&world.stack.signed_in("alice"));
        world.pass(4300);
        world.gate.cut_after(number);
        let before = world.stack.count("token");
        let response = alice.get("/whoami");
        assert!([200, 503].contains(&response.status), "{response:?}");
        let asked = world.stack.count("token") > before;
        world.gate.open();
        // A request that meets the failed one's lease waits until it ends.
        assert!((0..50).any(|_| alice.get("/whoami").status == 200));
        world.pass(101);
        let token = &alice.get("/whoami").json()["token"];
        assert!(
            token["expires_in"].as_u64().unwrap() > 4000,
            "{number}: {token}"
        );
        if asked && response.status == 200 {
            return;
        }
    }
    panic!("no refresh has come through");
}
