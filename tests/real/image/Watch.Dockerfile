FROM scratch
COPY . /
USER 65532
HEALTHCHECK --interval=1s --timeout=5s --retries=1 CMD ["/vpce-probe", "health"]
ENTRYPOINT ["/vpce-probe"]
CMD ["watch"]
