//! Why the certificate of the other side is not accepted, in words. No try more helps against any
//! of it.

use super::trouble::Fault;
use rustls::CertificateError;

/// The fault and its words, if a request failed for a certificate.
pub(super) fn fault_of(error: &ureq::Error) -> Option<(Fault, String)> {
    let tls = match error {
        ureq::Error::Rustls(tls) => tls,
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref::<rustls::Error>()?,
        _ => return None,
    };
    match tls {
        rustls::Error::InvalidCertificate(error) => Some(words(error)),
        rustls::Error::NoCertificatesPresented => {
            Some((Fault::Certificate, "shows no certificate".to_owned()))
        }
        _ => None,
    }
}

fn words(error: &CertificateError) -> (Fault, String) {
    match error {
        CertificateError::UnknownIssuer => (
            Fault::UnknownIssuer,
            "shows a certificate of an authority that is not trusted here".to_owned(),
        ),
        CertificateError::NotValidForName => {
            (Fault::WrongName, "shows a certificate for another name".to_owned())
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            // rustls writes `DnsName("example.com")`.
            let names: Vec<&str> = presented
                .iter()
                .filter_map(|name| name.split('"').nth(1).or(Some(name.as_str())))
                .take(5)
                .collect();
            let names =
                if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
            (Fault::WrongName, format!("shows a certificate for another name{names}"))
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (Fault::Expired, "shows a certificate that has expired".to_owned())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (Fault::Expired, "shows a certificate that is not valid yet".to_owned())
        }
        other => (Fault::Certificate, format!("shows a certificate that is not accepted: {other}")),
    }
}
