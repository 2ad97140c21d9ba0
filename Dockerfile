# An image with etape and nothing else, from what scripts/release has made: docker build -t etape .
#
#   docker run --rm -v "$PWD:/site" etape build
#   docker run --rm -v "$PWD:/site" -p 4000:4000 etape serve --host 0.0.0.0
FROM scratch
COPY target/release-files/etape /etape
# temporary files, and whoever the caller is: docker run --user "$(id -u):$(id -g)"
WORKDIR /site
ENTRYPOINT ["/etape"]
CMD ["--help"]
