//! Connections to a proxy that send everything written before an answer is awaited in one piece.
//! ureq writes the `CONNECT` line in many small packets, and some proxies read only the first one.

use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, RustlsConnector,
    SocksConnector, TcpConnector, Transport,
};
use ureq::{Agent, Error, config::Config};

/// An agent whose connections all use the proxy of its configuration. Its connectors are those of
/// ureq, except that small writes are gathered.
pub(super) fn agent(config: Config) -> Agent {
    let chain =
        ().chain(SocksConnector::default())
            .chain(ConnectProxyConnector::default())
            .chain(TcpConnector::default());
    Agent::with_parts(
        config,
        chain.chain(Gather).chain(RustlsConnector::default()),
        DefaultResolver::default(),
    )
}

#[derive(Debug)]
struct Gather;

impl<In: Transport> Connector<In> for Gather {
    type Out = Gathered<In>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|inner| Gathered { inner, held: Vec::new() }))
    }
}

/// A connection, and the bytes that were written to it but not sent yet.
#[derive(Debug)]
struct Gathered<T> {
    inner: T,
    held: Vec<u8>,
}

impl<T: Transport> Transport for Gathered<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        self.held.extend_from_slice(&self.inner.buffers().output()[..amount]);
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let held = std::mem::take(&mut self.held);
        let size = self.inner.buffers().output().len().max(1);
        for piece in held.chunks(size) {
            self.inner.buffers().output()[..piece.len()].copy_from_slice(piece);
            self.inner.transmit_output(piece.len(), timeout)?;
        }
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
